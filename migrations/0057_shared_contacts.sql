-- Visitors with different verified identities may have the same e-mail address or telephone number, as in a family or an office. Visitors
-- without a verified identity match the first lead with it; the later leads have shares_contact.
alter table leads add column shares_contact boolean not null default false;
drop index leads_tenant_id_address_idx;
create unique index on leads (tenant_id, address) where not shares_contact;
create index on leads (tenant_id, address) where shares_contact;
drop index leads_tenant_id_phone_idx;
create unique index on leads (tenant_id, phone) where address is null and not shares_contact;
create index on leads (tenant_id, phone) where address is null and shares_contact;
