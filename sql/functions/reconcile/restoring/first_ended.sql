create or replace function reconcile.first_ended(p_key reconcile.keys, p_t_ms bigint) returns bigint
language plpgsql stable as $$
begin
  -- Meters tell of a trip by their own clocks: up to 5 min earlier they may say that it took them with it.
  return coalesce((
    select min(r.t_ms) - 300000
    from reconcile.reporters r
    join reconcile.outages o on o.body_no = r.body_no and o.merged_into is null and not o.is_settled
    where r.key_id = p_key.key_id and r.is_wide and r.t_ms <= p_t_ms and (r.back_ms is null or r.back_ms >= p_t_ms)),
    -9000000000000000);
end
$$;
comment on function reconcile.first_ended(reconcile.keys, bigint) is
  'From when on (epoch ms) a wide restoration at a time speaks: from the first wide member that it ends, less 5 min; -9e15 if it ends none.';
