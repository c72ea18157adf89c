package formula

// class says how a part of a formula is spaced, in TeX's sense.
type class int

const (
	ordinary class = iota
	operator       // sums and integrals
	name           // ln, max, extr
	binary
	relation
	opening
	closing
	punctuation
	space
)

// symbol is what a command without arguments stands for.
type symbol struct {
	text   string
	class  class
	limits bool // scripts stand below and above where there is room
}

// symbols are the commands without arguments.
var symbols = map[string]symbol{
	"alpha": {text: "α"}, "beta": {text: "β"}, "gamma": {text: "γ"}, "delta": {text: "δ"}, "epsilon": {text: "ϵ"},
	"eta": {text: "η"}, "theta": {text: "θ"}, "kappa": {text: "κ"}, "lambda": {text: "λ"}, "mu": {text: "μ"}, "nu": {text: "ν"},
	"xi": {text: "ξ"}, "pi": {text: "π"}, "rho": {text: "ρ"}, "sigma": {text: "σ"}, "tau": {text: "τ"}, "phi": {text: "ϕ"},
	"chi": {text: "χ"}, "psi": {text: "ψ"}, "omega": {text: "ω"}, "zeta": {text: "ζ"},
	"Gamma": {text: "Γ"}, "Delta": {text: "Δ"}, "Theta": {text: "Θ"}, "Lambda": {text: "Λ"}, "Sigma": {text: "Σ"},
	"Phi": {text: "Φ"}, "Psi": {text: "Ψ"}, "Omega": {text: "Ω"}, "Pi": {text: "Π"},
	"ell": {text: "ℓ"}, "infty": {text: "∞"}, "partial": {text: "∂"}, "dots": {text: "…"}, "neg": {text: "¬"},
	"#": {text: "#"}, "%": {text: "%"}, "_": {text: "_"}, "&": {text: "&amp;"}, "$": {text: "$"},

	"sum": {text: "∑", class: operator, limits: true}, "prod": {text: "∏", class: operator, limits: true}, "int": {text: "∫", class: operator},
	"max": {text: "max", class: name, limits: true}, "min": {text: "min", class: name, limits: true},
	"ln": {text: "ln", class: name}, "log": {text: "log", class: name}, "exp": {text: "exp", class: name},
	"tanh": {text: "tanh", class: name}, "cosh": {text: "cosh", class: name}, "sinh": {text: "sinh", class: name},
	"cos": {text: "cos", class: name}, "sin": {text: "sin", class: name},

	"pm": {text: "±", class: binary}, "times": {text: "×", class: binary}, "cdot": {text: "⋅", class: binary},
	"wedge": {text: "∧", class: binary}, "vee": {text: "∨", class: binary}, "oplus": {text: "⊕", class: binary},

	"ne": {text: "≠", class: relation}, "le": {text: "≤", class: relation}, "ge": {text: "≥", class: relation},
	"in": {text: "∈", class: relation}, "sim": {text: "∼", class: relation}, "approx": {text: "≈", class: relation},
	"to": {text: "→", class: relation}, "leftarrow": {text: "←", class: relation},

	"{": {text: "{", class: opening}, "}": {text: "}", class: closing},
	"lfloor": {text: "⌊", class: opening}, "rfloor": {text: "⌋", class: closing},
	"langle": {text: "⟨", class: opening}, "rangle": {text: "⟩", class: closing},
	"lvert": {text: "|", class: opening}, "rvert": {text: "|", class: closing},
}

// characters are those that stand for themselves and are neither letters nor digits.
var characters = map[rune]symbol{
	'+': {text: "+", class: binary}, '-': {text: "−", class: binary}, '*': {text: "∗", class: binary}, '±': {text: "±", class: binary},
	'=': {text: "=", class: relation}, '<': {text: "&lt;", class: relation}, '>': {text: "&gt;", class: relation}, ':': {text: ":", class: relation},
	'(': {text: "(", class: opening}, '[': {text: "[", class: opening},
	')': {text: ")", class: closing}, ']': {text: "]", class: closing}, '!': {text: "!", class: closing},
	',': {text: ",", class: punctuation}, ';': {text: ";", class: punctuation},
	'/': {text: "/"}, '|': {text: "|"}, '.': {text: "."},
}

// spaces are the commands that leave room, in em. A negative one is left out: MathML does not
// set apart what TeX draws together again.
var spaces = map[string]string{",": "0.167", ":": "0.222", ";": "0.278", " ": "0.25", "quad": "1", "qquad": "2", "!": ""}

// accents stand above their argument.
var accents = map[string]string{"bar": "¯", "hat": "^", "tilde": "~"}

// sizes are the heights of delimiters, in em.
var sizes = map[string]string{
	"bigl": "1.2", "bigr": "1.2", "big": "1.2", "Bigl": "1.8", "Bigr": "1.8", "Big": "1.8", "biggl": "2.4", "biggr": "2.4", "bigg": "2.4",
}

// Alphabets begin at a code point, with the capitals that Unicode has elsewhere.
var alphabets = map[string]struct {
	first     rune
	elsewhere map[rune]string
}{
	"mathbb":  {'𝔸', map[rune]string{'C': "ℂ", 'H': "ℍ", 'N': "ℕ", 'P': "ℙ", 'Q': "ℚ", 'R': "ℝ", 'Z': "ℤ"}},
	"mathcal": {'𝒜', map[rune]string{'B': "ℬ", 'E': "ℰ", 'F': "ℱ", 'H': "ℋ", 'I': "ℐ", 'L': "ℒ", 'M': "ℳ", 'R': "ℛ"}},
}
