create or replace function reconcile.ms_of(p_time timestamptz) returns bigint
language plpgsql immutable strict parallel safe as $$
begin
  -- PostgreSQL cannot inline this, and would parse a function in SQL for each statement that calls it.
  return floor(extract(epoch from p_time) * 1000)::bigint;
end
$$;
comment on function reconcile.ms_of(timestamptz) is 'A time as epoch ms; a fraction finer than a millisecond is cut.';
