create or replace function oms.drop_days_before(p_day date) returns integer
language plpgsql as $$
declare
  v_table record;
  v_dropped integer := 0;
begin
  for v_table in
    select n.nspname, c.relname
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in (select source from oms.sources)
      and c.relname ~ '^events_\d{8}$'
      and to_date(substring(c.relname from 8), 'YYYYMMDD') < p_day
  loop
    execute format('drop table %I.%I', v_table.nspname, v_table.relname);
    v_dropped := v_dropped + 1;
  end loop;
  -- Days without a partition of their own: their rows are in the rest.
  for v_table in select source as nspname from oms.sources order by number loop
    execute format('delete from %I.events_rest where received_at < $1', v_table.nspname) using p_day::timestamp at time zone 'UTC';
  end loop;
  return v_dropped;
end
$$;
comment on function oms.drop_days_before(date) is 'Drops raw events of days before the given one (UTC); returns how many partitions that were.';
