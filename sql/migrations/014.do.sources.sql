create table oms.sources (
  source text primary key,
  number integer not null unique,
  weight double precision not null,
  looked_up text[] not null,
  speaks_wide boolean not null
);
comment on table oms.sources is 'Who reports what happens in the field; written at each migration from the table of the program (source-table.ts).';
comment on column oms.sources.source is 'Its name: that of the schema that holds its events.';
comment on column oms.sources.number is 'Its number in the stream''s state: fixed for ever.';
comment on column oms.sources.weight is 'What one of its reporters is worth where a rule set does not say, 0 to 1.';
comment on column oms.sources.looked_up is 'The kinds of asset that its ids are looked up as, most likely first.';
comment on column oms.sources.speaks_wide is 'Whether it may speak for a feeder or a substation.';
