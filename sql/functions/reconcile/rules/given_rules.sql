create or replace function reconcile.given_rules(p_name text) returns jsonb
language sql stable parallel safe as $$
  select standard || jsonb_build_object('weights', (select jsonb_object_agg(source, weight) from oms.sources)) || case p_name
    when 'standard' then '{}'
    when 'storm' then '{"name": "storm", "windowMs": 3600000, "radiusM": 2000, "confirmThreshold": 0.5}'
    when 'scada-priority' then '{"name": "scada-priority", "windowMs": 900000, "radiusM": 500, "confirmThreshold": 0.9}'
  end::jsonb
  from (
    values ('{"name": "standard", "windowMs": 1800000, "radiusM": 1000, "latenessMs": 600000, "retentionMs": 21600000,
      "confirmThreshold": 0.7, "severity": {"medium": 10, "high": 100, "critical": 1000}}'::jsonb)
  ) given (standard)
$$;
comment on function reconcile.given_rules(text) is 'A given rule set (standard, storm, scada-priority); null for any other name.';
