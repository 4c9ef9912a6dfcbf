using Microsoft.AspNetCore.Identity;
using Npgsql;
using Widget.Api.Tenancy;

namespace Widget.Api.Accounts.Passwords;

/// <summary>
/// Refuses passwords that are easy to guess: common and leaked ones, dates, keyboard rows, and the person's own name, address and
/// companies. zxcvbn estimates how many guesses an attacker who tries likely passwords first needs. It reads nothing from other servers.
/// </summary>
internal sealed class PasswordRules(NpgsqlDataSource dataSource) : IPasswordValidator<Account>
{
    public const int MinLength = 10;
    public const int MaxLength = 200;

    // zxcvbn: 10^8 guesses are not enough. A slow hash then resists an attacker with a copy of the database for years.
    private const int MinScore = 3;

    private static readonly Zxcvbn.Zxcvbn Estimator = new();

    // The estimate takes quadratic time. The rest of a longer password only makes it better.
    private const int MaxEstimatedLength = 64;

    /// <summary>Describes why a password is not accepted. Null if it is.</summary>
    /// <param name="password">The password.</param>
    /// <param name="known">What an attacker knows of the person: name, e-mail address, companies.</param>
    public static string? FindProblem(string password, IEnumerable<string> known)
    {
        if (password.Length < MinLength) return $"The password must have at least {MinLength} characters.";
        if (password.Length > MaxLength) return $"The password can have at most {MaxLength} characters.";
        if (password.Distinct().Count() < 4) return TooSimple;
        var words = known.SelectMany(Spellings)
            .Where(word => word.Length >= 3)
            .Select(word => word.ToLowerInvariant())
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var estimated = password.Length <= MaxEstimatedLength ? password : password[..MaxEstimatedLength];
        return Estimator.EvaluatePassword(estimated, words).Score < MinScore ? TooSimple : null;
    }

    // "Acme Söhne" is also written AcmeSoehne.
    private static IEnumerable<string> Spellings(string text)
    {
        var plain = TenantCreation.SlugOf(text);
        return
        [
            text,
            .. text.Split([' ', '@', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries),
            .. plain.Split('-'),
            plain.Replace("-", "", StringComparison.Ordinal),
        ];
    }

    private const string TooSimple =
        "This password is easy to guess. Use several words that have nothing to do with each other or with you, or a password manager.";

    public async Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password)
    {
        var known = new List<string> { user.Email ?? "", user.Name };
        await using var companies = dataSource.CreateCommand("select name from memberships_of_account($1)");
        companies.Parameters.Add(new() { Value = user.Id });
        await using (var rows = await companies.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync()) known.Add(rows.GetString(0));
        }

        return FindProblem(password ?? "", known) is { } problem
            ? IdentityResult.Failed(new IdentityError { Code = "Password", Description = problem })
            : IdentityResult.Success;
    }
}
