package theory

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Reference: mpmath 1.3 with 60 digits for these arguments as float64, by tanh-sinh
// quadrature of Int_-inf^a phi(x) Phi((b - rho x)/sqrt(1-rho^2)) dx, which is not the formula
// of this package; Plackett's integral agrees to 28 digits.
// From the seventeenth on: Plackett's integral with 32 digits and other panels, correlations near +-1.
var bivariateReference = []struct{ a, b, rho, phi2, log float64 }{
	{0.3, 0.3, 0.5, 0.4593113703122494517401, -0.7780269322149189729861},
	{0.5, 0.5, -0.9, 0.3837278027240188962894, -0.9578218248181505814234},
	{-1, 2, 0.25, 0.1575053925799081033474, -1.848295582699985741552},
	{1.5, -0.7, -0.6, 0.1945293710829422185639, -1.637172119185696908468},
	{0.5, 0.5, 0.99, 0.6715868683585721875932, -0.398111906741540872802},
	{1, 1, 0.999999, 0.8412082287062437831203, -0.1729160530970100556241},
	{1, 0.9999, 0.99999999, 0.8413157168114066781347, -0.1727882830220634488758},
	{-3, -3, 0.3, 0.00002385151574515580559723, -10.64366278939333787469},
	{-6, -5, -0.5, 6.653976893131064155721e-30, -67.18233808485944933626},
	{-2, -2, -0.95, 5.644178865015190370273e-39, -88.07019390210020690782},
	{4, 4, -0.2, 0.9999366575286570750935, -0.00006334447756198251711114},
	{8, 6, 0.7, 0.9999999990134119384552, -9.86588062031459386667e-10},
	{1, -1.001, -0.9999, 0.001246975962126523837305, -6.687033889032563977192},
	{-20, -20, 0.5, 1.576681653145232510309e-119, -273.5523036473347688806},
	{0.0001, 0.0001, -0.99999999, 0.00008179332211670490434692, -9.411314954403129696451},
	{30, -12, 0.1, 1.776482112077678997696e-33, -75.41067300156879593884},
	{-0.7676408653428013, 0.7676408653428013, -0.9999982026553614, 0.00022474598362072592145, -8.4005397552028079409},
	{3.3357521429589623, 3.54782548502193, 0.9999999958148283, 0.99957465514394039498, -0.00042543534084196068903},
	{1.5629246952627063, 1.5629246952627063, 0.9999031075883961, 0.94031165199257361869, -0.061543913993926911006},
	{-0.579764885370244, 0.5797644608993062, 0.999999992635689, 0.28103659024102304719, -1.2692704037446829519},
	{-0.9120349106312466, 0.2856378464842343, 0.9917332253825877, 0.18087517016735199149, -1.7099481532300913596},
	{-6.642842761979383, -6.642842275813553, -0.9983363940683343, 3.3306816869075832936e-11527, -26540.695189948539582},
	{0.1454230734178861, -0.13236063741981538, 0.9999996347029984, 0.4473495237395219232, -0.80441505761518143401},
	{-6.7627998743524085, -3.1383518077330246, 0.9999989356388269, 6.7675070979924049394e-12, -25.718888324587551121},
	{-4.3731166607366, -4.370723149772855, 0.9999996588854568, 6.1242486505877809159e-6, -12.003254478349767223},
	{-3.359359720581228, -2.8706740998714464, 0.9999999686937844, 0.00039061651433315273052, -7.8477842610166916227},
	{0.7753086007806186, -0.775308366818796, -0.9999965223222316, 0.00031081375056091642763, -8.0763166979754600352},
	{3.0452490833495176, 2.752855431579553, 0.9272025686863855, 0.99677799685321790947, -0.003227204975465215666},
	{2.526910781542443, 1.6213036552817806, 0.9988081126003309, 0.9475237342511453569, -0.05390329299770694358},
	{-1.5882031168467643, -1.5882026224612968, -0.9992742309817008, 3.6575982582291660571e-1516, -3489.4221942605609526},
}

func TestBivariateNormalAgainstSixtyDigits(t *testing.T) {
	for _, r := range bivariateReference {
		for _, swapped := range []bool{false, true} {
			a, b := r.a, r.b
			if swapped {
				a, b = b, a
			}
			phi2, err := BivariateNormal(a, b, r.rho)
			if err != nil || math.Abs(phi2-r.phi2) > 1e-14 {
				t.Errorf("Phi2(%v, %v; %v) = %.18g, %v, want %.18g", a, b, r.rho, phi2, err, r.phi2)
			}
			log, err := LogBivariateNormal(a, b, r.rho)
			within := 1e-15 * (10 + math.Abs(r.log))
			if err != nil || math.Abs(log-r.log) > within || (math.Abs(r.log) < 1e-3 && math.Abs(log/r.log-1) > 1e-12) {
				t.Errorf("ln Phi2(%v, %v; %v) = %.18g, %v, want %.18g", a, b, r.rho, log, err, r.log)
			}
		}
	}
}

func TestBivariateNormalClosedForms(t *testing.T) {
	check := func(name string, a, b, rho, want float64) {
		t.Helper()
		got, err := BivariateNormal(a, b, rho)
		if err != nil || math.Abs(got-want) > 1e-14 {
			t.Errorf("%s: Phi2(%v, %v; %v) = %.17g, %v, want %.17g", name, a, b, rho, got, err, want)
		}
	}
	for _, rho := range []float64{-1, -.999999, -.3, 0, .7, .999999, 1} {
		check("Sheppard", 0, 0, rho, .25+math.Asin(rho)/(2*math.Pi))
	}
	for _, a := range []float64{-7, -1, 0, .4, 9} {
		for _, b := range []float64{-2, -.4, 0, 1, 5} {
			check("independent", a, b, 0, normal(a)*normal(b))
			check("equal", a, b, 1, normal(min(a, b)))
			check("opposite", a, b, -1, max(0, normal(a)-normal(-b)))
		}
	}
	if log, err := LogBivariateNormal(-1, .5, -1); err != nil || !math.IsInf(log, -1) {
		t.Errorf("impossible pair: %v, %v, want -Inf", log, err)
	}
}

// The dumb twin: Int phi(x) Phi((b - rho x)/sqrt(1-rho^2)) dx by the trapezoidal rule, which is
// exact to rounding for a smooth integrand on the whole line; x <= a is the difference
// of the line from a on, mapped by x = a - e^v. Identity: Phi2(a,b;rho) + Phi2(a,-b;-rho) = Phi(a).
func TestBivariateNormalAgainstTrapezoidalRule(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		a, b, rho := 4*random.NormFloat64(), 4*random.NormFloat64(), 1.9*random.Float64()-.95
		sum := 0.0
		const step = 1.0 / 64
		for i := -40 * 64; i < 6*64; i++ {
			x := a - math.Exp(float64(i)*step)
			sum += step * (a - x) * normalDensity(x) * normal((b-rho*x)/math.Sqrt(1-rho*rho))
		}
		got, err := BivariateNormal(a, b, rho)
		if err != nil || math.Abs(got-sum) > 2e-14 {
			t.Errorf("Phi2(%v, %v; %v) = %.17g, %v, want %.17g", a, b, rho, got, err, sum)
		}
		mirror, err := BivariateNormal(a, -b, -rho)
		if err != nil || math.Abs(got+mirror-normal(a)) > 1e-14 {
			t.Errorf("Phi2(%v, %v; %v) + mirror = %.17g, %v, want %.17g", a, b, rho, got+mirror, err, normal(a))
		}
	}
}

// logPairAgree takes two ways; both must hold where they meet, and the first for w -> 0,
// where 1 - Phi2/Phi = w exp(-h^2/2) / (2 pi Phi(h)).
func TestPairAgreementNearEqualStates(t *testing.T) {
	for _, h := range []float64{-5, -.3, 0, .3, 1, 6} {
		for _, w := range []float64{1e-3, .1, 1, 2, 3.1} {
			if got, want := logPairAgree(h, w), logBivariate(h, h, math.Pi-w)-logNormal(h); math.Abs(got-want) > 1e-14*(10+h*h) {
				t.Errorf("h = %v, w = %v: %.17g, want %.17g", h, w, got, want)
			}
		}
		const w = 1e-9
		if got, want := logPairAgree(h, w), -w*math.Exp(-h*h/2)/(2*math.Pi*normal(h)); math.Abs(got/want-1) > 1e-7 {
			t.Errorf("h = %v, w = %v: %v, want %v", h, w, got, want)
		}
	}
}

// Reference: mpmath 1.3, 40 digits; the first from the asymptotic series.
func TestLogNormalAgainstFortyDigits(t *testing.T) {
	for _, r := range [][2]float64{
		{-10000, -50000010.129278915181},
		{-300, -45006.62273211866336},
		{-40, -804.60844201375378817},
		{-30.000001, -454.32127398960336399},
		{-29.999999, -454.32121392308402912},
		{-10, -53.231285150512470578},
		{-1, -1.8410216450092635058},
		{0, -0.69314718055994530942},
		{0.5, -0.36894641528865639307},
		{3, -0.0013508099647481937988},
		{8, -6.2209605742717860585e-16},
		{20, -2.7536241186062336951e-89},
	} {
		if got := logNormal(r[0]); math.Abs(got/r[1]-1) > 1e-16*(4+r[0]*r[0]) { // an argument rounded by 1e-16
			t.Errorf("ln Phi(%v) = %.18g, want %.18g", r[0], got, r[1])
		}
	}
}
