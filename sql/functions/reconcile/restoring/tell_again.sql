create or replace function reconcile.tell_again(p_outage_no bigint, p_units text[], p_backs bigint[], p_seq bigint) returns void
language sql as $$
  update reconcile.reporters r
  set back_ms = coalesce(known.back_ms, r.back_ms),
    wide_back_ms = coalesce(known.wide_back_ms, r.wide_back_ms),
    changed_seq = p_seq
  from reconcile.outages o
  cross join lateral (
    select mine.unit, mine.source, mine.asset,
      min(told.t_ms) filter (where told.t_ms >= mine.last_ms and (mine.back_ms is null or told.t_ms < mine.back_ms)) as back_ms,
      min(told.t_ms) filter (
        where told.t_ms >= mine.wide_last_ms and (mine.wide_back_ms is null or told.t_ms < mine.wide_back_ms)) as wide_back_ms
    from reconcile.reporters mine
    join unnest(p_units, p_backs) told (unit, t_ms) on told.unit = mine.unit
    where mine.body_no = o.body_no
    group by mine.key_id, mine.unit, mine.source, mine.asset, mine.body_no) known
  where o.outage_no = p_outage_no and r.body_no = o.body_no and r.unit = known.unit and r.source = known.source
    and r.asset = known.asset and (known.back_ms is not null or known.wide_back_ms is not null)
$$;
comment on function reconcile.tell_again(bigint, text[], bigint[], bigint) is
  'Units of an outage were back at these times (epoch ms); nobody else is told.';
