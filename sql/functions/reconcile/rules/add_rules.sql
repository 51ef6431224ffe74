create or replace function reconcile.add_rules(p_key reconcile.keys, p_rules jsonb, p_valid_from_ms bigint, p_seq bigint)
returns reconcile.keys
language plpgsql as $$
declare
  k reconcile.keys := p_key;
begin
  update reconcile.rule_sets set until_seq = p_seq
  where key_id = k.key_id and valid_from_ms = p_valid_from_ms and until_seq is null;
  insert into reconcile.rule_sets (key_id, name, valid_from_ms, from_seq, window_ms, radius_m, lateness_ms, retention_ms,
    weights, confirm_threshold, severity_medium, severity_high, severity_critical)
  values (k.key_id, p_rules ->> 'name', p_valid_from_ms, p_seq, (p_rules ->> 'windowMs')::bigint,
    (p_rules ->> 'radiusM')::double precision, (p_rules ->> 'latenessMs')::bigint, (p_rules ->> 'retentionMs')::bigint,
    p_rules -> 'weights', (p_rules ->> 'confirmThreshold')::double precision, (p_rules -> 'severity' ->> 'medium')::integer,
    (p_rules -> 'severity' ->> 'high')::integer, (p_rules -> 'severity' ->> 'critical')::integer);
  select count(*) into k.rule_sets from reconcile.rule_sets where key_id = k.key_id and until_seq is null;
  k.max_retention_ms := greatest(k.max_retention_ms, (p_rules ->> 'retentionMs')::bigint);
  k.max_window_ms := greatest(k.max_window_ms, (p_rules ->> 'windowMs')::bigint);
  return reconcile.move_horizons(k);
end
$$;
comment on function reconcile.add_rules(reconcile.keys, jsonb, bigint, bigint) is
  'Puts a rule set on the key''s log, from a time on (epoch ms); of two with the same start the later holds.';
