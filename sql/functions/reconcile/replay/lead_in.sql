create or replace function reconcile.lead_in() returns interval
language sql stable parallel safe as $$
  select max(greatest(retention_ms + window_ms, 2 * window_ms + lateness_ms)) * interval '1 ms' + interval '15 min'
  from (
    select c.body -> 'ruleSet' as rule_set from oms.commands c where c.command = 'rules'
    union all
    select reconcile.given_rules('standard')
  ) known
  cross join lateral (
    select (rule_set ->> 'retentionMs')::bigint as retention_ms, (rule_set ->> 'windowMs')::bigint as window_ms,
      (rule_set ->> 'latenessMs')::bigint as lateness_ms) given
$$;
comment on function reconcile.lead_in() is
  'How long before a time a replay must begin to know of all that matters to outages which begin after it, by the rule sets on the log.';
