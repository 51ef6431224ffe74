create or replace function public.oms_reconcile_rules(
  p_rule_set jsonb,
  p_valid_from timestamptz,
  p_substation_id text default null,
  p_feeder_id text default null,
  p_command_id text default gen_random_uuid()::text,
  p_author text default current_user,
  p_reason text default null,
  p_run text default 'direct'
) returns integer
language plpgsql as $$
begin
  if p_valid_from is null then
    raise exception 'p_valid_from: null; expected a time.' using errcode = 'invalid_parameter_value';
  end if;
  return reconcile.tell_keys(reconcile.run_of(p_run),
    jsonb_build_object('command', 'rules', 'commandId', p_command_id, 'author', p_author, 'reason', p_reason,
      'ruleSet', reconcile.rule_set_of(p_rule_set), 'validFrom', reconcile.iso_of(reconcile.ms_of(p_valid_from))),
    p_substation_id, p_feeder_id);
end
$$;
comment on function public.oms_reconcile_rules(jsonb, timestamptz, text, text, text, text, text, text) is
  'Puts a rule set on the log of one key of a run, or of all, those that come later among them; returns how many keys have it now.';
