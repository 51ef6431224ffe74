create or replace function oms.write_source_functions() returns void
language plpgsql as $$
declare
  v_form text := 'create or replace function oms.%I(p_source text) returns %s language sql immutable parallel safe as %L';
  v_all text[];
  v_wide text[];
  v_kinds text;
begin
  select array_agg(source order by number), array_agg(source order by number) filter (where speaks_wide),
    string_agg(format('when %L then %L', source, looked_up[1]), ' ' order by number)
  into v_all, v_wide, v_kinds
  from oms.sources;
  execute format(v_form, 'is_source', 'boolean', format('select p_source = any (%L::text[])', v_all));
  execute format(v_form, 'speaks_wide', 'boolean', format('select p_source = any (%L::text[])', coalesce(v_wide, '{}')));
  execute format(v_form, 'likely_kind', 'text', format('select case p_source %s end', v_kinds));
  comment on function oms.is_source(text) is 'Whether there is a source of this name.';
  comment on function oms.speaks_wide(text) is 'Whether a source may speak for a feeder or a substation.';
  comment on function oms.likely_kind(text) is 'The kind of asset that the ids of a source are most likely of.';
end
$$;
comment on function oms.write_source_functions() is
  'Writes what is asked of a source for every event as functions of constants: a look into the table makes a query of every expression that it stands in.';
