create or replace function reconcile.sweep(p_key reconcile.keys) returns void
language plpgsql
-- A bitmap of an index does not mark what is dead in it: each sweep would step over all that those before it left.
set enable_bitmapscan = off
as $$
declare
  v_outage record;
  v_restored_ms bigint;
begin
  -- Of years of outages that nobody restored, and of those restored lately, none is looked at again before it can settle.
  for v_outage in
    select outage_no, body_no, cancelled or closed as is_decided, decided_ms
    from reconcile.outages
    where key_id = p_key.key_id and merged_into is null and not is_settled and look_ms <= p_key.watermark_ms
      and look_ms < 9000000000000000
  loop
    v_restored_ms := reconcile.restored_ms(v_outage.body_no);
    if v_outage.is_decided then
      continue when v_outage.decided_ms >= p_key.index_from_ms or v_restored_ms >= p_key.index_from_ms or exists (
        select from reconcile.reporters where body_no = v_outage.body_no and t_ms >= p_key.index_from_ms);
    elsif v_restored_ms is null or v_restored_ms >= p_key.watermark_ms - 604800000 then
      update reconcile.outages set look_ms = coalesce(v_restored_ms + 604800001, 9000000000000000) where outage_no = v_outage.outage_no;
      continue;
    end if;
    update reconcile.outages set is_settled = true where survivor_no = v_outage.outage_no;
  end loop;
  delete from reconcile.cells where key_id = p_key.key_id and last_bucket < p_key.index_from_ms >> 20;
end
$$;
comment on function reconcile.sweep(reconcile.keys) is 'Settles outages that nothing changes any more, and drops cells that nothing links to.';
