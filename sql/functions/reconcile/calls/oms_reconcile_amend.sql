create or replace function public.oms_reconcile_amend(
  p_outage_id uuid,
  p_members jsonb,
  p_whole boolean default false,
  p_absorbs uuid[] default '{}',
  p_substation_id text default null,
  p_feeder_id text default null,
  p_at timestamptz default clock_timestamp(),
  p_author text default current_user,
  p_reason text default null,
  p_command_id text default gen_random_uuid()::text,
  p_run text default 'direct'
) returns uuid
language plpgsql as $$
declare
  v_run_id integer := reconcile.run_of(p_run);
  v_key record;
  v_taken reconcile.taken;
begin
  if p_outage_id is null then
    raise exception 'p_outage_id: null; expected the id of an outage.' using errcode = 'invalid_parameter_value';
  elsif p_members is null or jsonb_typeof(p_members) <> 'array' then
    raise exception 'p_members: expected a list of placed events, as the log has them.' using errcode = 'invalid_parameter_value';
  elsif p_whole is null or p_absorbs is null then
    raise exception '%: null; expected a value.', case when p_whole is null then 'p_whole' else 'p_absorbs' end
      using errcode = 'invalid_parameter_value';
  elsif p_at is null or not isfinite(p_at) then
    raise exception 'p_at: null or infinite; expected a time.' using errcode = 'invalid_parameter_value';
  elsif (p_substation_id is null) <> (p_feeder_id is null) then
    raise exception 'p_feeder_id: a key is a substation and a feeder; expected both or neither.' using errcode = 'invalid_parameter_value';
  end if;
  select k.substation_id, k.feeder_id into v_key
  from reconcile.keys k
  join reconcile.outages o using (key_id)
  where k.run_id = v_run_id and o.outage_id = p_outage_id
  limit 1;
  if not found then
    if p_feeder_id is null then
      raise exception 'p_outage_id: there is no outage % in run %; to open it, p_substation_id and p_feeder_id say where.',
        p_outage_id, quote_literal(p_run) using errcode = 'invalid_parameter_value';
    end if;
    select p_substation_id as substation_id, p_feeder_id as feeder_id into v_key;
  end if;
  v_taken.key := reconcile.lock_key(v_run_id, v_key.substation_id, v_key.feeder_id);
  v_taken := reconcile.take_command(v_taken.key, nextval('reconcile.places'), reconcile.ms_of(p_at),
    jsonb_strip_nulls(jsonb_build_object('command', 'amend', 'commandId', p_command_id, 'outageId', p_outage_id,
      'at', reconcile.iso_of(reconcile.ms_of(p_at)), 'author', p_author, 'reason', p_reason))
      || jsonb_build_object('members', p_members, 'whole', p_whole, 'absorbs', to_jsonb(p_absorbs)));
  perform reconcile.keep_key(v_taken.key);
  return (select outage_id from reconcile.outages where outage_no = v_taken.outage_no);
end
$$;
comment on function public.oms_reconcile_amend(
  uuid, jsonb, boolean, uuid[], text, text, timestamptz, text, text, text, text
) is 'Takes a correction into an outage of a run, or opens it, and returns its id, or that of the outage that it merged into; null where it is rejected, and for a second copy.';
