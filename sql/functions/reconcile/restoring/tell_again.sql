create or replace function reconcile.tell_again(
  p_outage_no bigint, p_units text[], p_outs bigint[], p_backs bigint[], p_seq bigint
) returns void
language sql as $$
  update reconcile.reporters r
  set back_ms = known.back_ms, changed_seq = p_seq
  from reconcile.outages o
  cross join lateral (
    select mine.unit, mine.seq, mine.nth, min(told.back_ms) as back_ms
    from reconcile.reporters mine
    join unnest(p_units, p_outs, p_backs) told (unit, out_ms, back_ms) on told.unit = mine.unit
    where mine.body_no = o.body_no and mine.t_ms between told.out_ms and told.back_ms
      and (mine.back_ms is null or told.back_ms < mine.back_ms)
    group by mine.unit, mine.seq, mine.nth) known
  where o.outage_no = p_outage_no and r.key_id = o.key_id and r.unit = known.unit and r.seq = known.seq and r.nth = known.nth
$$;
comment on function reconcile.tell_again(bigint, text[], bigint[], bigint[], bigint) is
  'Units of an outage that were out at these times were back at those (epoch ms), and so were their members in between; nobody else is told.';
