create or replace function reconcile.rules_at(p_key_id integer, p_t_ms bigint) returns reconcile.rule_sets
language sql stable parallel safe as $$
  select *
  from reconcile.rule_sets
  where key_id = p_key_id and until_seq is null and valid_from_ms <= p_t_ms
  order by valid_from_ms desc
  limit 1
$$;
comment on function reconcile.rules_at(integer, bigint) is 'The rule set of a key in force at a time (epoch ms).';
