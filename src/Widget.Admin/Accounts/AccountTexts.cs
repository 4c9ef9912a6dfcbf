namespace Widget.Admin.Accounts;

/// <summary>Names the texts about signing in and accounts (AccountTexts.resx).</summary>
public sealed class AccountTexts;
