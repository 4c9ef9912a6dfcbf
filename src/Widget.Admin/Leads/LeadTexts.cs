namespace Widget.Admin.Leads;

/// <summary>Names the texts of leads (LeadTexts.resx).</summary>
public sealed class LeadTexts;
