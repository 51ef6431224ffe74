create or replace function oms.keep_source(
  p_source text, p_number integer, p_weight double precision, p_looked_up text[], p_speaks_wide boolean, p_reports text
) returns void
language plpgsql as $$
declare
  v_other record;
begin
  select * into v_other from oms.sources where source = p_source and number <> p_number or source <> p_source and number = p_number;
  if found then
    raise exception 'Source % has number %: a number is fixed, so % cannot have %; give it another.',
      v_other.source, v_other.number, p_source, p_number using errcode = 'invalid_parameter_value';
  end if;
  insert into oms.sources (source, number, weight, looked_up, speaks_wide)
  values (p_source, p_number, p_weight, p_looked_up, p_speaks_wide)
  on conflict (source) do update
  set weight = excluded.weight, looked_up = excluded.looked_up, speaks_wide = excluded.speaks_wide;
  if to_regclass(format('%I.events', p_source)) is not null then
    return;
  end if;
  execute format('create schema if not exists %I', p_source);
  execute format('comment on schema %I is %L', p_source, p_reports || ', as placed on the log, by day.');
  execute format('create table %I.events (like oms.placed_event including comments) partition by range (received_at)', p_source);
  execute format('create table %1$I.events_rest partition of %1$I.events default', p_source);
  execute format('comment on table %I.events is %L', p_source,
    p_reports || ', as placed on the log; a partition a day, dropped when its retention is over.');
  execute format('comment on table %I.events_rest is %L', p_source, 'Events of days without a partition of their own.');
  execute format('create index on %I.events (log_partition, log_offset, log_index)', p_source);
  execute format('create index on %I.events (asset_id, t)', p_source);
  execute format('create index on %I.events using brin (geom)', p_source);
end
$$;
comment on function oms.keep_source(text, integer, double precision, text[], boolean, text) is
  'Writes what the program''s table says of a source, and makes the tables of its events where there are none.';
