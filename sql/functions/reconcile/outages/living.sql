create or replace function reconcile.living(p_key_id integer, p_outage_id uuid) returns bigint
language plpgsql stable parallel safe as $$
begin
  return (select survivor_no from reconcile.outages where key_id = p_key_id and outage_id = p_outage_id and not is_settled);
end
$$;
comment on function reconcile.living(integer, uuid) is
  'The outage of an id, or the one that it merged into; null if there is none, or it was settled long ago.';
