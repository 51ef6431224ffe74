create or replace function reconcile.restore_unit(p_key reconcile.keys, p_unit text, p_t_ms bigint, p_seq bigint) returns bigint[]
language plpgsql as $$
declare
  v_bodies bigint[];
begin
  with changed as (
    update reconcile.reporters r
    set back_ms = p_t_ms, changed_seq = p_seq
    from reconcile.outages o
    where r.key_id = p_key.key_id and r.unit = p_unit and o.body_no = r.body_no and o.merged_into is null and not o.is_settled
      and r.t_ms <= p_t_ms and (r.back_ms is null or r.back_ms > p_t_ms)
    returning r.body_no
  )
  select coalesce(array_agg(distinct body_no), '{}') into v_bodies from changed;
  perform reconcile.look_again(v_bodies);
  return v_bodies;
end
$$;
comment on function reconcile.restore_unit(reconcile.keys, text, bigint, bigint) is
  'A unit is back (epoch ms): returns the bodies with a member that it concerns.';
