create or replace function oms.ensure_day(p_day date) returns void
language plpgsql as $$
declare
  v_schema text;
  v_name text := 'events_' || to_char(p_day, 'YYYYMMDD');
begin
  for v_schema in select source from oms.sources order by number loop
    if to_regclass(v_schema || '.' || v_name) is null then
      begin
        execute format(
          'create table %I.%I partition of %I.events for values from (%L) to (%L)',
          v_schema, v_name, v_schema, p_day::timestamp at time zone 'UTC', (p_day + 1)::timestamp at time zone 'UTC');
      exception
        when duplicate_table then null; -- another sink made it
        when check_violation then null; -- the default partition holds rows of that day: they stay there
      end;
    end if;
  end loop;
end
$$;
comment on function oms.ensure_day(date) is 'Makes the partition of a day (UTC) in every raw event table.';
