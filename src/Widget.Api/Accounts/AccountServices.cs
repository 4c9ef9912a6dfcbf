using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Widget.Api.Accounts.Mails;
using Widget.Api.Accounts.OperatorArea;
using Widget.Api.Accounts.Passkeys;
using Widget.Api.Accounts.Passwords;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Accounts.Setup;
using Widget.Api.Accounts.SignIn;
using Widget.Api.Accounts.SingleSignOn;
using Widget.Api.Accounts.Team;
using Widget.Api.Accounts.TwoFactor;
using Widget.Api.Mail;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Platform.Work;

namespace Widget.Api.Accounts;

internal static class AccountServices
{
    private const long MaxRequestBytes = 64 * 1024;

    /// <summary>The people who sign in: ASP.NET Core Identity on the tables of accounts, sessions, teams.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services, AccountOptions options, MailOptions mail)
    {
        services.AddSingleton(options);
        services.AddSingleton(AccountTables.Tables);
        services.AddIdentity(options);
        services.AddSingleton<OneTimeCodes>();
        services.AddSingleton<SignInLock>();
        services.AddSingleton<MembershipReader>();
        services.AddSingleton<WakeUpSignal<AccountMailWorker>>(_ => new WakeUpSignal<AccountMailWorker>());
        services.AddSingleton<AccountMails>();
        services.AddSingleton<TeamService>();
        services.AddScoped<SessionService>();
        services.AddScoped<SignInService>();
        services.AddScoped<TotpCodes>();
        services.AddScoped<AccountReset>();
        services.AddScoped<AccountCreation>();
        services.AddScoped<SetupService>();
        services.AddScoped<InvitationService>();
        services.AddSingleton<OidcProviders>();
        services.AddSingleton<SingleSignOnStore>();
        services.AddSingleton<OperatorQueries>();
        services.AddScoped<SingleSignOnPeople>();
        services.AddScoped<SingleSignOnFlow>();
        services.AddHostedService<AccountCleanup>();
        if (mail.IsConfigured) services.AddHostedService<AccountMailWorker>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, SessionAuthentication>(SessionAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(
                AccountPolicies.Session,
                policy => policy.AddAuthenticationSchemes(SessionAuthentication.SchemeName).RequireAuthenticatedUser())
            .AddPolicy(
                AccountPolicies.Account,
                policy => policy.AddAuthenticationSchemes(SessionAuthentication.SchemeName).RequireAuthenticatedUser()
                    .RequireAssertion(context => context.User.OnlyTenant is null))
            .AddPolicy(
                AccountPolicies.Operator,
                policy => policy.AddAuthenticationSchemes(SessionAuthentication.SchemeName).RequireAuthenticatedUser()
                    .RequireAssertion(context => context.User.OnlyTenant is null
                        && context.User.HasClaim(claim => claim.Type == SessionAuthentication.OperatorClaim)));
        return services;
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        var accounts = routes.MapGroup("/api/accounts").WithTags("Accounts").WithRequestSizeLimit(MaxRequestBytes)
            .WithMetadata(WithoutTenant.Instance);
        accounts.MapSignIn();
        accounts.MapProfile();
        accounts.MapPasswords();
        accounts.MapTwoFactor();
        accounts.MapPasskeys();
        accounts.MapSetup();
        accounts.MapInvitations();
        accounts.MapSingleSignOn();
        routes.MapTeam();
        routes.MapSingleSignOnSettings();
        routes.MapOperator();
        routes.MapOperatorAccess();
    }

    private static void AddIdentity(this IServiceCollection services, AccountOptions options)
    {
        // The default strategy wraps a lost connection in an InvalidOperationException, which looks like a programming error.
        services.AddDbContext<AccountsDb>((provider, context) => context.UseNpgsql(
            provider.GetRequiredService<NpgsqlDataSource>(),
            npgsql => npgsql.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies))));
        services.AddIdentityCore<Account>(identity =>
            {
                identity.User.RequireUniqueEmail = true;
                identity.User.AllowedUserNameCharacters = "";
                // PasswordRules estimates how easy a password is to guess, so rules about kinds of characters add nothing.
                identity.Password.RequiredLength = PasswordRules.MinLength;
                identity.Password.RequireDigit = false;
                identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
                identity.Password.RequiredUniqueChars = 1;
            })
            .AddUserStore<AccountStore>()
            .AddPasswordValidator<PasswordRules>()
            .AddTokenProvider<DataProtectorTokenProvider<Account>>(TokenOptions.DefaultProvider);
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.Configure<IdentityPasskeyOptions>(passkeys =>
        {
            // Browsers bind passkeys to the console's host, and say on which page they were used.
            passkeys.ServerDomain = options.Console.Host;
            passkeys.ValidateOrigin = context => ValueTask.FromResult(
                !context.CrossOrigin && string.Equals(context.Origin, options.Origin, StringComparison.OrdinalIgnoreCase));
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "required";
        });
    }
}
