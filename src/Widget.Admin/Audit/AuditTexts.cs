namespace Widget.Admin.Audit;

/// <summary>Names the texts of the audit log (AuditTexts.resx).</summary>
public sealed class AuditTexts;
