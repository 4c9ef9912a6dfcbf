namespace Widget.Browser.Tests.Panel;

/// <summary>Without a language model, words and forms do it all.</summary>
public sealed class SellingWithoutModelShould(DemoInstallation installation, Chromium chromium)
{
    [Fact]
    public async Task Lead_from_a_question_to_an_invitation_and_to_a_person()
    {
        await using var desk = await SellingDesk.OpenAsync(installation);

        await SellingWalk.FromAQuestionToAnInvitationAsync(desk, chromium);
        await SellingWalk.TakeOverAndHandBackAsync(desk, chromium);
    }
}
