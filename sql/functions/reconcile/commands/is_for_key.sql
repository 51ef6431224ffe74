create or replace function reconcile.is_for_key(p_command text) returns boolean
language sql immutable parallel safe as $$
  select p_command in ('rules', 'meaning')
$$;
comment on function reconcile.is_for_key(text) is 'Whether a command is decided for a key, and names no outage: it goes to every key, and holds for what comes later too.';
