-- A copy at Tavus is in one account. When the tenant's account changes, it is to be made anew in the other one, not missed.
alter table tavus_publications add column account text;   -- whose, a hash of its key; null: made before this was noted
