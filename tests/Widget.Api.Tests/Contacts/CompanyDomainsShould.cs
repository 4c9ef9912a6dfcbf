using Widget.Api.Contacts;

namespace Widget.Api.Tests.Contacts;

public sealed class CompanyDomainsShould
{
    [Theory]
    [InlineData("Ada@Acme.example", "acme.example")]
    [InlineData("ada@mail.acme.co.uk", "acme.co.uk")]
    [InlineData("ada@gmail.com", null)]
    [InlineData("ada@yahoo.co.uk", null)]
    [InlineData("ada@GMX.de", null)]
    [InlineData("ada@web.de", null)]
    [InlineData("ada@localhost", null)]
    [InlineData("ada", null)]
    public void Tell_the_company_unless_a_provider_of_mailboxes_runs_the_domain(string email, string? company) =>
        CompanyDomains.Of(email).ShouldBe(company);
}
