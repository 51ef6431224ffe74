create or replace function reconcile.decide(p_outage_no bigint, p_command jsonb, p_at_ms bigint, p_seq bigint) returns void
language sql as $$
  update reconcile.outages
  set decided_ms = greatest(decided_ms, p_at_ms),
    touched_seq = p_seq,
    look_ms = -9000000000000000,
    flags = case when p_command ? 'flag' then reconcile.united(flags, array[p_command ->> 'flag']) else flags end,
    confirmed = confirmed or p_command ->> 'command' = 'confirm',
    cancelled = cancelled or p_command ->> 'command' = 'cancel',
    closed = closed or p_command ->> 'command' = 'close',
    acknowledged_by = case when p_command ->> 'command' = 'acknowledge'
      then reconcile.united(acknowledged_by, array[p_command ->> 'author']) else acknowledged_by end,
    crew = case
      when p_command ->> 'command' <> 'crew' then crew
      when (p_command ->> 'leaves')::boolean then array_remove(crew, coalesce(p_command ->> 'crew', ''))
      else reconcile.united(crew, array[coalesce(p_command ->> 'crew', '')])
    end,
    etr_ms = case when p_command ->> 'command' = 'etr' then reconcile.ms_of((p_command ->> 'etr')::timestamptz) else etr_ms end
  where outage_no = p_outage_no
$$;
comment on function reconcile.decide(bigint, jsonb, bigint, bigint) is
  'What a command decides about an outage, but for the restorations of restore and close.';
