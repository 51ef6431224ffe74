create or replace function reconcile.rule_set_of(p_rule_set jsonb) returns jsonb
language plpgsql stable parallel safe as $$
declare
  v_standard jsonb := reconcile.given_rules('standard');
  v_rules jsonb;
  v_field text;
  v_most numeric;
begin
  if jsonb_typeof(p_rule_set) = 'string' then
    v_rules := reconcile.given_rules(p_rule_set #>> '{}');
    if v_rules is null then
      raise exception 'p_rule_set: % is no given rule set; expected standard, storm or scada-priority, or a rule set.', p_rule_set
        using errcode = 'invalid_parameter_value';
    end if;
    return v_rules;
  end if;
  if p_rule_set is null or jsonb_typeof(p_rule_set) <> 'object' or jsonb_typeof(p_rule_set -> 'name') is distinct from 'string' then
    raise exception 'p_rule_set: expected the name of a given rule set, or an object with a name.' using errcode = 'invalid_parameter_value';
  end if;
  v_rules := v_standard || p_rule_set
    || jsonb_build_object('weights', v_standard -> 'weights' || coalesce(p_rule_set -> 'weights', '{}'),
      'severity', v_standard -> 'severity' || coalesce(p_rule_set -> 'severity', '{}'));
  for v_field, v_most in
    values ('windowMs', 86400000), ('radiusM', 100000), ('latenessMs', 86400000), ('retentionMs', 604800000), ('confirmThreshold', 1)
  loop
    if jsonb_typeof(v_rules -> v_field) <> 'number' or not (v_rules ->> v_field)::numeric between 0 and v_most then
      raise exception 'p_rule_set: % is %; expected 0 to %.', v_field, v_rules -> v_field, v_most using errcode = 'invalid_parameter_value';
    end if;
  end loop;
  for v_field in select source from oms.sources order by number loop
    if jsonb_typeof(v_rules -> 'weights' -> v_field) <> 'number' or not (v_rules -> 'weights' ->> v_field)::numeric between 0 and 1 then
      raise exception 'p_rule_set: the weight of % is %; expected 0 to 1.', v_field, v_rules -> 'weights' -> v_field
        using errcode = 'invalid_parameter_value';
    end if;
  end loop;
  return v_rules;
end
$$;
comment on function reconcile.rule_set_of(jsonb) is
  'A rule set by its name or with what differs from standard; an error names the field that cannot be.';
