create or replace function reconcile.iso_of(p_ms bigint) returns text
language sql stable strict parallel safe as $$
  select to_char(reconcile.time_of(p_ms) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
comment on function reconcile.iso_of(bigint) is 'Epoch ms in ISO 8601, UTC, with milliseconds.';
