create or replace function reconcile.with_origin(p_key reconcile.keys, p_lon double precision) returns reconcile.keys
language plpgsql as $$
declare
  k reconcile.keys := p_key;
begin
  if k.origin_lon is null then
    k.origin_lon := p_lon;
    -- At once, for what a merge reads: all else that changes in a key is written when its turn is over.
    update reconcile.keys set origin_lon = p_lon where key_id = k.key_id;
  end if;
  return k;
end
$$;
comment on function reconcile.with_origin(reconcile.keys, double precision) is
  'The key with the longitude (degrees) from which its means are taken: that of its first outage event.';
