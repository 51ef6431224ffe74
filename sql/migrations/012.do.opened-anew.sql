-- Which outages merged into one: asked when an outage opens anew under the id of one settled long ago.
create index on oms.timeline (to_value) where what = 'merged';
