create or replace function reconcile.rules_for(p_key_id integer, p_t_ms bigint, p_seq bigint) returns setof reconcile.rule_sets
language sql stable parallel safe as $$
  select *
  from reconcile.rule_sets
  where key_id = p_key_id and valid_from_ms <= p_t_ms and from_seq <= p_seq and (until_seq is null or until_seq > p_seq)
  order by valid_from_ms desc
  limit 1
$$;
comment on function reconcile.rules_for(integer, bigint, bigint) is
  'The rule set of a key in force at a time (epoch ms), by what stood on its log at an entry.';
