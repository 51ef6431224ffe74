create or replace function public.oms_reconcile_meaning(
  p_number integer,
  p_substation_id text default null,
  p_feeder_id text default null,
  p_command_id text default gen_random_uuid()::text,
  p_author text default current_user,
  p_reason text default null,
  p_run text default 'direct'
) returns integer
language sql as $$
  select reconcile.tell_keys(reconcile.run_of(p_run),
    jsonb_build_object('command', 'meaning', 'commandId', p_command_id, 'author', p_author, 'reason', p_reason,
      'number', reconcile.known_meaning(p_number)),
    p_substation_id, p_feeder_id)
$$;
comment on function public.oms_reconcile_meaning(integer, text, text, text, text, text, text) is
  'Puts a meaning of the contract on the log of one key of a run, or of all, those that come later among them; returns how many keys have it now.';
