create or replace function reconcile.ms_of(p_time timestamptz) returns bigint
language sql immutable strict parallel safe as $$
  select floor(extract(epoch from p_time) * 1000)::bigint
$$;
comment on function reconcile.ms_of(timestamptz) is 'A time as epoch ms; a fraction finer than a millisecond is cut.';
