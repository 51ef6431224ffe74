create or replace function reconcile.remember(p_key reconcile.keys, p_event reconcile.queue, p_outcome text, p_outage_no bigint)
returns void
language sql as $$
  insert into reconcile.events as known (key_id, source, source_event_id, t_ms, outcome, outage_no)
  values (p_key.key_id, p_event.source, p_event.source_event_id, p_event.t_ms, p_outcome, p_outage_no)
  on conflict (key_id, source, source_event_id) do update
  set t_ms = case when known.t_ms >= p_key.memory_from_ms then known.t_ms else excluded.t_ms end,
    outcome = excluded.outcome, outage_no = excluded.outage_no
  where known.t_ms < p_key.memory_from_ms or excluded.outcome = 'member'
$$;
comment on function reconcile.remember(reconcile.keys, reconcile.queue, text, bigint) is
  'A later copy of an event that an amend told is a second one, unless its identity is forgotten.';
