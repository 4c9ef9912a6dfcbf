using Microsoft.AspNetCore.Authentication;

namespace Widget.Api.Tenancy.Access;

/// <summary>Claims of staff and of tenants' programs.</summary>
public static class StaffClaims
{
    /// <summary>The tenant's id.</summary>
    public const string Tenant = "tenant";

    /// <summary>The account's id. Only members have it.</summary>
    public const string Account = "account";

    /// <summary>The member's id. Only members have it.</summary>
    public const string Member = "member";

    /// <summary>The member's role in lower case. Only members have it.</summary>
    public const string Role = "role";

    /// <summary>The member's name, or their e-mail address if they have given none. Only members have it.</summary>
    public const string Name = "name";

    /// <summary>The name of the API key. Only programs have it.</summary>
    public const string Key = "key";

    /// <summary>The scopes of the API key, separated by spaces. A key without this claim allows everything.</summary>
    public const string Scopes = "scopes";
}

/// <summary>The authentication schemes of staff and of tenants' programs.</summary>
internal static class StaffSchemes
{
    public static string[] All { get; } = [ApiKeyAuthentication.SchemeName, MemberAuthentication.SchemeName];

    /// <summary>
    /// Ends a connection that stays open after ten minutes. Its client connects again, if its session or key is still valid.
    /// </summary>
    public static AuthenticationProperties UntilNextCheck(TimeProvider clock) => new() { ExpiresUtc = clock.GetUtcNow().AddMinutes(10) };
}
