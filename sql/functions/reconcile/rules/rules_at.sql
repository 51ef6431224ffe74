create or replace function reconcile.rules_at(p_key_id integer, p_t_ms bigint) returns reconcile.rule_sets
language plpgsql stable parallel safe as $$
declare
  v_rules reconcile.rule_sets;
begin
  select * into v_rules
  from reconcile.rule_sets
  where key_id = p_key_id and until_seq is null and valid_from_ms <= p_t_ms
  order by valid_from_ms desc
  limit 1;
  return v_rules;
end
$$;
comment on function reconcile.rules_at(integer, bigint) is 'The rule set of a key in force at a time (epoch ms).';
