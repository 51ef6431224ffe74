alter table oms.unplaced add column placed_at timestamptz;
alter table oms.unplaced add column placed_by text;
alter table oms.unplaced add column placed_as jsonb;
comment on column oms.unplaced.placed_at is 'When somebody gave it back to the stream; null: nobody did.';
comment on column oms.unplaced.placed_by is 'Who did.';
comment on column oms.unplaced.placed_as is 'Where it was said to belong (dpId, assetId or feederId); empty: where the network knows it now.';
create index on oms.unplaced (reason, received_at) where placed_at is null;
