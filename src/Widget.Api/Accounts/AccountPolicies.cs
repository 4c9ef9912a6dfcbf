namespace Widget.Api.Accounts;

/// <summary>Names of the authorization policies of endpoints for accounts.</summary>
internal static class AccountPolicies
{
    /// <summary>Anybody with a session, even one that reaches only one company.</summary>
    public const string Session = "session";

    /// <summary>A person with a session that may change the account.</summary>
    public const string Account = "account";

    /// <summary>The installation's operator.</summary>
    public const string Operator = "operator";
}
