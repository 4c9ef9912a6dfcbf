using System.CommandLine;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Api.Accounts;
using Widget.Api.Accounts.Sessions;

namespace Widget.Api.Operations;

/// <summary>The operator's commands for accounts, the people who sign in.</summary>
internal static class AccountCommands
{
    /// <param name="asJson">The option for JSON.</param>
    /// <param name="owner">The owner's connection string.</param>
    /// <param name="application">Builds the application's services on a connection string, without starting them.</param>
    /// <param name="print">Prints an object as JSON, or the text.</param>
    public static Command Create(
        Option<bool> asJson,
        Func<string> owner,
        Func<string, WebApplication> application,
        Action<ParseResult, object, string> print)
    {
        var email = new Option<string>("--email") { Description = "The person's e-mail address.", Required = true };
        var name = new Option<string>("--name") { Description = "The person's name.", DefaultValueFactory = _ => "" };
        var tenants = new Option<string[]>("--tenant")
        {
            Description = "A tenant's slug; the person becomes a member of it. Repeat for more.",
            DefaultValueFactory = _ => [],
        };
        var role = new Option<string>("--role")
        {
            Description = "The role in these tenants: owner, admin, rep or viewer.",
            DefaultValueFactory = _ => "owner",
        };
        var isOperator = new Option<bool>("--operator") { Description = "Let the person use the operator area." };
        var fromInput = new Option<bool>("--password-stdin")
        {
            Description = "Read the password from the standard input. All sessions of an account that exists end.",
        };
        var create = new Command("create", "Add an account, or change the one with this address.")
        {
            email, name, tenants, role, isOperator, fromInput, asJson,
        };
        create.SetAction(async (result, ct) =>
        {
            var connection = owner();
            await using var app = application(connection);
            await using var scope = app.Services.CreateAsyncScope();
            var password = result.GetValue(fromInput) ? (await Console.In.ReadToEndAsync(ct)).TrimEnd('\r', '\n') : null;
            var account = await SaveAsync(
                scope.ServiceProvider, result.GetValue(email)!, result.GetValue(name)!, password, result.GetValue(isOperator), ct);
            await using var source = NpgsqlDataSource.Create(connection);
            var administration = new TenantAdministration(source);
            foreach (var slug in result.GetValue(tenants)!)
                await administration.AddMemberAsync(slug, account.Email!, account.Name, result.GetValue(role)!, ct);
            print(result, new { account.Id, account.Email, account.Operator }, $"account  {account.Email}");
        });

        var list = new Command("list", "List the accounts.") { asJson };
        list.SetAction(async (result, ct) =>
        {
            await using var app = application(owner());
            await using var scope = app.Services.CreateAsyncScope();
            var all = await scope.ServiceProvider.GetRequiredService<AccountsDb>().Accounts.AsNoTracking()
                .OrderBy(row => row.Email)
                .Select(row => new { row.Id, row.Email, row.Name, row.Operator, row.TwoFactorEnabled })
                .ToListAsync(ct);
            print(
                result,
                all,
                string.Join('\n', all.Select(row => $"{row.Email,-40} {(row.Operator ? "operator" : ""),-8} {row.Name}")));
        });
        return new Command("account", "The people who sign in.") { create, list };
    }

    private static async Task<Account> SaveAsync(
        IServiceProvider services,
        string email,
        string name,
        string? password,
        bool isOperator,
        CancellationToken ct)
    {
        var accounts = services.GetRequiredService<UserManager<Account>>();
        var account = await accounts.FindByEmailAsync(email.Trim());
        if (account is null)
        {
            // The operator vouches for the address.
            var created = await services.GetRequiredService<AccountCreation>().CreateAsync(email, name, password, isConfirmed: true);
            account = created.Account ?? throw new OperatorException(created.Problem!);
        }
        else if (password is not null)
        {
            var reset = await accounts.ResetPasswordAsync(account, await accounts.GeneratePasswordResetTokenAsync(account), password);
            if (reset.PasswordProblem is { } problem) throw new OperatorException(problem);
            reset.ThrowIfFailed();
            await services.GetRequiredService<SessionService>().EndOthersAsync(account.Id, except: null, ct);
        }

        if (name.Length > 0) account.Name = name;
        if (isOperator) account.Operator = true;
        account.EmailConfirmed = true;
        (await accounts.UpdateAsync(account)).ThrowIfFailed();
        return account;
    }
}
