create or replace function reconcile.told_in(p_key reconcile.keys, p_seq bigint, p_members jsonb)
returns table (nth integer, event reconcile.queue)
language sql stable parallel safe as $$
  select m.nth::integer, reconcile.prepare(p_seq, (p_key).key_id, m.e ->> 'source', m.e ->> 'sourceEventId', m.e ->> 'kind',
    reconcile.ms_of((m.e ->> 'occurredAt')::timestamptz), reconcile.ms_of((m.e ->> 'receivedAt')::timestamptz), m.e ->> 'assetId',
    m.e ->> 'customerId', m.e ->> 'reach', (m.e ->> 'lat')::double precision, (m.e ->> 'lon')::double precision,
    (m.e ->> 'feederCustomers')::integer, array(select jsonb_array_elements_text(m.e -> 'flags')), m.e ->> 'type')
  from jsonb_array_elements(p_members) with ordinality m (e, nth)
$$;
comment on function reconcile.told_in(reconcile.keys, bigint, jsonb) is
  'The events of an amend as the fold takes them, and the place of each among them, from 1.';
