create or replace function reconcile.says_state(p_source text, p_type text) returns boolean
language sql immutable parallel safe as $$
  select p_source = 'call_center' or coalesce(p_type, '') = 'ping_reply'
$$;
comment on function reconcile.says_state(text, text) is
  'Whether an outage event says that somebody is out, and not that supply went: a call, an answer to a ping. As the stream''s saysState.';
