namespace Widget.Admin.Accounts;

/// <summary>Paths of the API that several cards of the account's page use.</summary>
internal static class AccountPaths
{
    /// <summary>The account that is signed in.</summary>
    public const string Me = "/api/accounts/me";
}
