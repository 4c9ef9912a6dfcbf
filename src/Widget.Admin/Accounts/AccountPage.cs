using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using Widget.Admin.Api;
using Widget.Contracts;

namespace Widget.Admin.Accounts;

/// <summary>
/// A page before sign-in. It is rendered without a connection, as a plain form, because only a plain answer can set the cookie.
/// </summary>
public abstract class AccountPage : ComponentBase
{
    [CascadingParameter]
    protected HttpContext Http { get; set; } = null!;

    [Inject]
    protected ApiClient Api { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    protected IStringLocalizer<AccountTexts> L { get; set; } = null!;

    [SupplyParameterFromQuery]
    public string? ReturnUrl { get; set; }

    /// <summary>Why the last attempt failed, in words.</summary>
    protected string? Error { get; set; }

    /// <summary>Is required after the password if the account has two-factor sign-in.</summary>
    protected string? Challenge { get; set; }

    /// <summary>Asks the API. Shows why if it refuses.</summary>
    protected async Task<bool> TryAsync(Func<Task> ask)
    {
        try
        {
            await ask();
            return true;
        }
        catch (ApiException refusal)
        {
            Error = refusal.Message;
            return false;
        }
    }

    /// <summary>Starts the console's session and goes to the page that the viewer wanted, or asks for the code.</summary>
    protected async Task ContinueAsync(SignInResult answer)
    {
        if (answer.Token is null)
        {
            Challenge = answer.Challenge;
            return;
        }

        await ConsoleSession.StartAsync(Http, answer);
        Navigation.NavigateTo(LocalAddress.Of(ReturnUrl));
    }
}
