create or replace function reconcile.faces(p_outages bigint[]) returns setof reconcile.face
language sql stable parallel safe as $$
  with reported as (
    select o.outage_no, r.unit, r.source, r.asset, r.is_customer, r.is_wide, r.t_ms, r.back_ms, r.weight, r.threshold,
      r.feeder_customers, r.changed_seq
    from reconcile.outages o
    join reconcile.reporters r on r.body_no = o.body_no
    where o.outage_no = any (p_outages) and o.merged_into is null
  ), reporters as (
    select outage_no, source, asset, max(weight) as weight, bool_or(back_ms is null) as is_out
    from reported
    group by outage_no, source, asset
  ), weights as (
    select outage_no, weight, count(*)::integer as count
    from reporters
    group by outage_no, weight
  ), confidences as (
    select outage_no, reconcile.confidence(array_agg(weight order by weight), array_agg(count order by weight)) as confidence
    from weights
    group by outage_no
  ), assets as (
    select outage_no, sum(affected)::bigint as affected, sum(out)::bigint as out,
      (select oms.no_reporters()) || jsonb_object_agg(source, affected) as by_source
    from (
      select outage_no, source, count(*) as affected, count(*) filter (where is_out) as out
      from reporters
      group by outage_no, source
    ) of_source
    group by outage_no
  ), units as (
    select outage_no, unit, is_customer, bool_or(back_ms is null) as is_out
    from reported
    group by outage_no, unit, is_customer
  ), customers as (
    select outage_no, count(*) filter (where is_customer) as affected, count(*) filter (where is_customer and is_out) as out,
      bool_or(is_out) as is_out, bool_or(not is_out) as is_partly_back
    from units
    group by outage_no
  ), bodies as (
    select outage_no, max(t_ms) as last_ms, max(back_ms) as back_ms, min(threshold) as threshold,
      bool_or(is_wide) as is_wide, bool_or(is_wide and back_ms is null) as is_wide_out,
      max(feeder_customers) as feeder_customers, max(changed_seq) as seq
    from reported
    group by outage_no
  ), members as (
    select part.survivor_no as outage_no, count(*) as events, max(m.seq) as seq,
      floor(sum(floor(m.lat * 1e7 + 0.5)) / count(*) + 0.5) / 1e7 as lat,
      floor(sum(floor(reconcile.relative_lon(m.lon, k.origin_lon) * 1e7 + 0.5)) / count(*) + 0.5) / 1e7 as lon,
      min(m.lat) as min_lat, max(m.lat) as max_lat,
      min(reconcile.relative_lon(m.lon, k.origin_lon)) as min_lon, max(reconcile.relative_lon(m.lon, k.origin_lon)) as max_lon
    from reconcile.outages part
    join reconcile.keys k using (key_id)
    join reconcile.members m on m.outage_no = part.outage_no
    where part.survivor_no = any (p_outages)
    group by part.survivor_no
  )
  select o.outage_no, confidence, o.confirmed or confidence >= b.threshold,
    case
      when b.is_wide or affected.customers >= s.severity_critical then 'critical'
      when affected.customers >= s.severity_high then 'high'
      when affected.customers >= s.severity_medium then 'medium'
      else 'low'
    end,
    s.name, o.first_ms, b.last_ms, case when not c.is_out then b.back_ms end, c.is_partly_back, m.events, a.affected, a.out,
    affected.customers, case when b.is_wide_out then affected.customers else c.out end, a.by_source,
    case when o.incident_ms is not null then reconcile.names_id(k.substation_id, o.incident_source, o.incident_asset_id,
      o.incident_event_id, reconcile.iso_of(o.incident_ms)) end,
    m.lat, reconcile.absolute_lon(m.lon, k.origin_lon),
    m.min_lat, reconcile.absolute_lon(m.min_lon, k.origin_lon), m.max_lat, reconcile.absolute_lon(m.max_lon, k.origin_lon),
    array(select flag from unnest(o.flags) flag order by flag collate "C"), o.crew, o.acknowledged_by, o.etr_ms
  from confidences
  join reconcile.outages o using (outage_no)
  join reconcile.keys k using (key_id)
  join assets a using (outage_no)
  join customers c using (outage_no)
  join bodies b using (outage_no)
  join members m using (outage_no)
  cross join lateral (
    select case when b.is_wide then greatest(b.feeder_customers, c.affected) else c.affected end as customers) affected
  -- What stood on the log when the outage changed last: a rule set that came later says nothing of it.
  cross join lateral reconcile.rules_for(o.key_id, b.last_ms, greatest(m.seq, b.seq, o.touched_seq)) s
$$;
comment on function reconcile.faces(bigint[]) is 'What outages that have not merged add up to.';
