-- Leads may have a telephone number instead of an e-mail address, and have the company that the address tells.
alter table leads
  alter column address drop not null,
  alter column email drop not null,
  add column phone   text,                       -- E.164
  add column company text,                       -- the domain of the company
  add constraint leads_reachable check (address is not null or phone is not null),
  add constraint leads_address check ((address is null) = (email is null));

-- People of one company may share a telephone number. Without an e-mail address, the number identifies the lead.
create unique index on leads (tenant_id, phone) where address is null;
create index on leads (tenant_id, phone) where address is not null and phone is not null;
